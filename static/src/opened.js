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
