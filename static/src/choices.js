/* The client's page of a quote with a choice: the total follows what is ticked. The server reckons by itself; this only shows. */
for (const place of document.querySelectorAll('[data-choices]')) {
  const form = place.closest('form'), currency = place.dataset.currency;
  const places = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits;
  const show = () => {
    let total = Number(place.dataset.choices);
    for (const one of place.querySelectorAll('[data-sum]:checked')) total += Number(one.dataset.sum);
    const shown = total % 10 ** places ? places : 0;
    const plain = new Intl.NumberFormat(document.documentElement.lang, { style: 'currency', currency, currencyDisplay: 'narrowSymbol', minimumFractionDigits: shown, maximumFractionDigits: shown });
    place.querySelector('[data-total]').textContent = plain.format(total / 10 ** places);
    place.querySelector('[data-seen]').value = total;
  };
  form.addEventListener('change', show);
  show();
}
