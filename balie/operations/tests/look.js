// What a letter may not do to the page around it; the answer names what it did.
() => {
  const wrong = [];
  const known = /^(on|hx-|data-hx|sse-|style$|srcdoc|formaction|form$|action$|background$|http-equiv)/i;
  const alive = /^(SCRIPT|STYLE|IFRAME|OBJECT|EMBED|FORM|INPUT|BUTTON|META|BASE|LINK|SVG|MATH|TEMPLATE|VIDEO|AUDIO)$/i;
  const [right, bottom] = [innerWidth - 5, innerHeight - 5];
  if (window.cried) wrong.push('a script ran');
  const letters = [...document.querySelectorAll('.said')];
  if (!letters.length) wrong.push('no letter is shown');
  for (const letter of letters) {
    const frame = letter.getBoundingClientRect();
    for (const one of letter.querySelectorAll('*')) {
      const style = getComputedStyle(one), box = one.getBoundingClientRect();
      if (['fixed', 'absolute', 'sticky'].includes(style.position)) wrong.push(one.tagName + ' is placed ' + style.position);
      for (const {name, value} of one.attributes) {
        if (known.test(name)) wrong.push(one.tagName + ' has ' + name);
        if (['href', 'src', 'srcset', 'poster', 'xlink:href'].includes(name) && !/^(https?:|mailto:|tel:|\/files\/|#)/i.test(value))
          wrong.push(one.tagName + ' names ' + value.slice(0, 40));
      }
      if (alive.test(one.tagName)) wrong.push(one.tagName + ' is there');
    }
  }
  for (const [x, y] of [[5, 5], [right / 2, 5], [right, 5], [5, bottom], [right, bottom / 2]]) {
    if (document.elementFromPoint(x, y)?.closest('.said')) wrong.push(`a letter covers ${x},${y}`);
  }
  if (document.documentElement.scrollWidth > innerWidth + 1) wrong.push('the page is wider than the window');
  if (getComputedStyle(document.querySelector('#composer')).display === 'none') wrong.push('the composer is hidden');
  return wrong;
}
