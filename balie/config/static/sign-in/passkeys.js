// allauth's scripts call navigator.credentials; this one says on the page when that fails.
document.addEventListener("allauth.error", (event) => {
  const failed = document.getElementById("passkey-failed");
  if (failed) {
    event.preventDefault();
    failed.hidden = false;
  }
});
