"""How people prove who they are: password, second factor, passkey or one-time link, all through django-allauth."""
