/* Sums and quantities: "12 500,50", "12,500.50", "12.5k" are understood when the field is left, and shown as they will be read.
   <input data-money> keeps two places, <input data-quantity> up to three. What is no number stays as typed for the server to answer. */
{
  const ru = document.body.dataset.locale === 'ru';
  const powers = { k: 1e3, m: 1e6, '\u043a': 1e3, '\u043c': 1e6, '\u0442\u044b\u0441': 1e3, '\u043c\u043b\u043d': 1e6 };
  function read(text, places) {
    let clean = text.toLowerCase().replace(/[\s\u00a0\u202f'\u20bd$\u20ac\u00a3]/g, '');
    const tail = /([km\u043a\u043c]|\u0442\u044b\u0441|\u043c\u043b\u043d)\.?$/.exec(clean);
    if (tail) clean = clean.slice(0, tail.index);
    const comma = clean.lastIndexOf(','), dot = clean.lastIndexOf('.');
    if (comma >= 0 && dot >= 0) clean = clean.replaceAll(comma > dot ? '.' : ',', '');
    else if (!ru && !tail && places === 2 && /^-?\d{1,3}(,\d{3})+$/.test(clean)) clean = clean.replaceAll(',', '');   // 12,500 in English
    clean = clean.replace(',', '.');
    const value = +(clean * (tail ? powers[tail[1]] : 1)).toFixed(places);
    return (tail || value == clean) && /^[-\d.]+$/.test(clean) ? value : null;   // more places than there are are not rounded away
  }
  const show = (value, places) => {
    const [whole, part = ''] = Math.abs(value).toFixed(places).split('.');
    const cents = places === 2 ? (+part ? part : '') : part.replace(/0+$/, '');
    return (value < 0 ? '-' : '') + whole.replace(/\B(?=(\d{3})+$)/g, '\u00a0') + (cents ? (ru ? ',' : '.') + cents : '');
  };
  document.addEventListener('change', event => {
    const field = event.target;
    if (!field.matches('[data-money], [data-quantity]')) return;
    const places = 'money' in field.dataset ? 2 : 3, value = field.value.trim() && read(field.value, places);
    if (value === +value) field.value = show(value, places);
  }, true);
}
