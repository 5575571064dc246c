/* Live parts without eval: <div data-poll-url="/board/changes" data-poll-since="17" data-poll-every="2000">.
   Asks url?since=17. 204: nothing new. 200: fragments with hx-swap-oob, and HX-Trigger: {"since": 18} moves the mark;
   with data-poll-swap="innerHTML" the answer replaces what the element holds. Rests while nobody looks or somebody drags. */
{
  const watched = new WeakSet();
  const resting = () => document.hidden || document.querySelector('[data-dragging], [data-grabbed], dialog[open]');
  const wakes = new Set();
  function watch(element) {
    if (watched.has(element)) return;
    watched.add(element);
    let timer, asking = false, wait = 0;
    const base = () => +element.dataset.pollEvery || 2000;
    element.addEventListener('since', event => {
      if (event.target === element) element.dataset.pollSince = event.detail.value ?? event.detail;
    });
    async function ask() {
      clearTimeout(timer);
      if (!element.isConnected) return wakes.delete(ask);
      if (!resting() && !asking) {
        asking = true;
        let lost = 0;                                    // 401: the session is over, which unsent.js tells
        const fail = event => { if (event.detail.elt === element) lost = event.detail.xhr?.status || 1; };
        const faults = ['htmx:sendError', 'htmx:responseError', 'htmx:timeout'];
        faults.forEach(name => element.addEventListener(name, fail));
        const { pollUrl: url, pollSince: since, pollSwap: swap = 'none' } = element.dataset;
        await htmx.ajax('GET', since === undefined ? url : `${url}${url.includes('?') ? '&' : '?'}since=${encodeURIComponent(since)}`, { source: element, target: element, swap })
          .catch(() => lost ||= 1);
        faults.forEach(name => element.removeEventListener(name, fail));
        asking = false;
        wait = lost ? Math.min(Math.max(wait, base()) * 2, 30000) : 0;
        document.body.toggleAttribute('data-offline', lost && lost - 401);
      }
      timer = setTimeout(ask, (wait || base()) + Math.random() * 250);   // a little noise, so that windows do not march in step
    }
    wakes.add(ask);
    timer = setTimeout(ask, base());
  }
  const find = root => root.querySelectorAll?.('[data-poll-url]').forEach(watch);
  find(document);
  document.addEventListener('htmx:load', event => { if (event.target.matches?.('[data-poll-url]')) watch(event.target); find(event.target); });
  const wake = () => document.hidden || wakes.forEach(ask => ask());
  document.addEventListener('visibilitychange', wake);
  addEventListener('online', wake);
}
