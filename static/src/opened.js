/* The client's page: once it has been before somebody's eyes for a second, say so. Whoever only fetches it says nothing. */
{
  const { openedUrl, openedKey } = document.body.dataset;
  let timer, said = false;
  function look() {
    clearTimeout(timer);
    if (said || document.visibilityState !== 'visible') return;
    timer = setTimeout(() => {
      said = true;
      document.removeEventListener('visibilitychange', look);
      fetch(openedUrl, { method: 'POST', body: new URLSearchParams({ key: openedKey }), keepalive: true }).catch(() => {});
    }, 1000);
  }
  document.addEventListener('visibilitychange', look);
  look();
}
/* Requisites are copied by a tap; without scripts the buttons are not there. */
for (const button of document.querySelectorAll('[data-copy]')) {
  button.hidden = !navigator.clipboard;
  button.addEventListener('click', () => navigator.clipboard.writeText(button.dataset.copy).then(() => {
    button.classList.add('good');
    button.setAttribute('aria-pressed', 'true');
  }).catch(() => {}));
}
