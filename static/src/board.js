/* The board: cards dragged by mouse (after 6 px), by touch (a long press; a short swipe scrolls) and by keys; arrivals put
   in their places; on a phone the strip of stages follows the swipe. One set of listeners, so cards may come and go. */
(() => {
  const HOLD = 250, SLOP = 6, EDGE = 48, DWELL = 450;
  const $ = id => document.getElementById(id);
  const board = () => $('board');
  const listOf = stage => $(`col-${stage}`);
  const isCard = node => node?.classList?.contains('deal-card');
  const nextCard = card => { let n = card?.nextElementSibling; while (n && !isCard(n)) n = n.nextElementSibling; return n; };
  const prevCard = card => { let n = card?.previousElementSibling; while (n && !isCard(n)) n = n.previousElementSibling; return n; };
  const put = (card, list, before) => list.insertBefore(card, before ?? list.querySelector(':scope > .more'));
  const home = card => ({ list: card.parentElement, next: nextCard(card) });
  const goBack = (card, from) => { if (card.isConnected && from.list.isConnected) put(card, from.list, from.next?.parentElement === from.list ? from.next : null); };
  const stageName = list => list.closest('.column').querySelector('h2').firstChild.textContent.trim();
  const name = card => card.querySelector('.who').textContent;

  function say(what, card) {
    const list = card.parentElement, cards = [...list.children].filter(isCard);
    const words = { card: name(card), stage: stageName(list), place: cards.indexOf(card) + 1, count: cards.length };
    $('board-says').textContent = board().dataset[`said${what}`].replace(/\{(\w+)\}/g, (_, key) => words[key]);
  }

  /* --- Telling the server. The card already stands where it was put; a refusal puts it back. --- */
  let pending;                                           // a card that waits for the answer in a dialog
  const moveUrl = card => `/deals/${card.dataset.id}/move?${board().dataset.query}`;
  async function send(card, from) {
    const list = card.parentElement, below = nextCard(card), above = prevCard(card);
    if (list === from.list && below === from.next) return;
    const values = { stage_id: list.dataset.stage, version: card.dataset.version, from_id: card.dataset.stage };
    if (below) values.before_id = below.dataset.id; else if (above) values.after_id = above.dataset.id;
    const focused = card.contains(document.activeElement);
    let status = 0;
    const heard = event => { if (event.detail.requestConfig.elt === card) status = event.detail.xhr.status; };
    document.addEventListener('htmx:beforeSwap', heard);
    card.setAttribute('aria-busy', 'true');
    try { await htmx.ajax('POST', moveUrl(card), { source: card, target: card, swap: 'none', values }); } catch { /* the network: told by a toast */ }
    document.removeEventListener('htmx:beforeSwap', heard);
    card.removeAttribute('aria-busy');
    const now = $(`card-${card.dataset.id}`);
    if ($('dialog').open) pending = { card, from };
    else if (status < 200 || status > 299) { goBack(card, from); if (now) say('Refused', now); }
    else if (now) { say('Dropped', now); if (focused) now.querySelector('.who').focus({ preventScroll: true }); }
  }
  function ask(card, stage) {                            // won and refused ask first; the card stays where it is
    const query = new URLSearchParams(board().dataset.query);
    query.set('to', stage);
    htmx.ajax('GET', `/deals/${card.dataset.id}/move?${query}`, { source: card, target: '#dialog', swap: 'innerHTML' }).catch(() => {});
  }
  document.addEventListener('click', event => {           // "move to...": one listener, where hundreds of hx-get would each be bound
    const dots = event.target.closest?.('.deal-card .dots');
    if (!dots || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    htmx.ajax('GET', dots.getAttribute('href'), { source: dots, target: '#dialog', swap: 'innerHTML' }).catch(() => {});
  });
  document.addEventListener('dialog-closed', () => {
    if (pending) goBack(pending.card, pending.from);
    pending = undefined;
  });
  document.addEventListener('htmx:beforeSwap', event => {   // somebody was quicker while the dialog was open
    if (event.detail.xhr.status === 409 && $('dialog').open) $('dialog').close();
  });

  /* --- Cards that the server sent wait in #arrivals, each with its neighbours. --- */
  function settle() {
    const waiting = $('arrivals');
    for (const item of [...waiting.children]) {
      const old = $('board').querySelector(`#card-${item.dataset.left ?? item.dataset.id}`);
      if (item.dataset.left) { old?.remove(); item.remove(); continue; }
      const { stage, before, after, version } = item.dataset, list = listOf(stage);
      if (old && old.dataset.version === version && old.parentElement === list) { item.remove(); continue; }
      const inList = id => { const one = id && document.querySelector(`#col-${stage} > #card-${id}`); return one || null; };
      const below = inList(before), above = inList(after), focused = old?.contains(document.activeElement);
      old?.remove();
      if (!list || (!below && !above && (before || after) && list.querySelector('.more, .deal-card'))) { item.remove(); continue; }
      if (below) put(item, list, below);
      else if (above) above.after(item);
      else put(item, list, null);
      if (!old || old.dataset.stage !== stage) item.classList.add('fresh');
      if (focused) item.querySelector('.who').focus({ preventScroll: true });
    }
  }
  document.addEventListener('htmx:oobAfterSwap', event => { if (event.detail.target?.id === 'arrivals') settle(); });
  document.addEventListener('htmx:afterSwap', event => {    // further cards: one that came before by a move is not shown twice
    if (!event.detail.target?.id?.startsWith('more-')) return;
    const seen = new Set();
    for (const card of [...document.querySelectorAll('.deal-list > .deal-card')].reverse()) {
      if (seen.has(card.id)) card.remove();
      seen.add(card.id);
    }
  });

  /* --- Pointers. --- */
  let drag;
  const wide = () => board().firstElementChild && board().firstElementChild.offsetWidth > board().clientWidth * 0.8;   // one stage fills the screen
  document.addEventListener('pointerdown', event => {
    const card = event.target.closest?.('.board[data-movable] .deal-card:not([data-fixed])');
    if (!card || event.button || drag || keys || event.target.closest('button, .dots')) return;
    const { clientX: x, clientY: y, pointerId: id } = event;
    drag = { card, id, x, y, x0: x, y0: y, touch: event.pointerType !== 'mouse' };
    if (drag.touch) drag.timer = setTimeout(lift, HOLD);
  });
  function lift() {
    const box = drag.card.getBoundingClientRect(), ghost = drag.card.cloneNode(true), line = document.createElement('div');
    ghost.removeAttribute('id');
    ghost.inert = true;
    ghost.classList.add('drag-ghost');
    ghost.style.width = `${box.width}px`;
    line.className = 'drop-line';
    document.body.append(line, ghost);
    Object.assign(drag, { on: true, ghost, line, dx: drag.x0 - box.left, dy: drag.y0 - box.top, moves: drag.card.getAttribute('aria-busy') !== 'true' });
    drag.card.classList.add('dragging');
    board().toggleAttribute('data-dragging', true);        // the watcher of changes rests, the zones rise
    navigator.vibrate?.(10);
    frame();
  }
  function target() {                                    // what is under the pointer: a zone, or a list and the card below the line
    const hit = document.elementFromPoint(drag.x, drag.y);
    const zone = hit?.closest('.drop-zone'), list = zone ? null : hit?.closest('.column')?.querySelector('.deal-list');
    const cards = list ? [...list.children].filter(isCard) : [];
    const boxes = cards.map(card => card.getBoundingClientRect());
    const at = boxes.findIndex(box => drag.y < box.top + box.height / 2);
    return { zone, list, before: at < 0 ? null : cards[at], y: at >= 0 ? boxes[at].top - 5 : boxes.length ? boxes.at(-1).bottom + 2 : list?.getBoundingClientRect().top + 4 };
  }
  function light(element) {
    if (drag.lit !== element) { drag.lit?.classList.remove('over'); element?.classList.add('over'); }
    drag.lit = element;
  }
  function frame() {
    if (!drag?.on) return;
    drag.raf = 0;
    drag.ghost.style.transform = `translate(${drag.x - drag.dx}px, ${drag.y - drag.dy}px)`;
    drag.over = target();
    const { zone, list, y } = drag.over;
    light(zone ?? list?.closest('.column'));
    drag.line.hidden = !list;
    if (list) {
      const box = list.getBoundingClientRect();
      drag.line.style.width = `${box.width - 16}px`;
      drag.line.style.transform = `translate(${box.left + 8}px, ${Math.max(box.top, Math.min(y, box.bottom - 3))}px)`;
      const down = drag.y < box.top + EDGE ? -8 : drag.y > box.bottom - EDGE ? 8 : 0;
      if (down && list.scrollHeight > list.clientHeight) { list.scrollTop += down; again(); }
    }
    if (!zone) sideways();
  }
  function sideways() {                                  // at the edge: the next stage on a phone, a steady scroll at a desk
    const box = board().getBoundingClientRect(), way = drag.x < box.left + EDGE ? -1 : drag.x > box.right - EDGE ? 1 : 0;
    if (!way) return void (drag.edge = 0);
    if (!wide()) board().scrollLeft += way * 12;
    else if (!drag.edge) drag.edge = performance.now();
    else if (performance.now() - drag.edge > DWELL) {
      drag.edge = performance.now() + 250;
      board().scrollLeft = (Math.round(board().scrollLeft / board().clientWidth) + way) * board().clientWidth;
    }
    again();
  }
  const again = () => { if (drag && !drag.raf) drag.raf = requestAnimationFrame(frame); };
  function lower() {
    if (!drag) return;
    clearTimeout(drag.timer);
    cancelAnimationFrame(drag.raf || 0);
    light(null);
    drag.ghost?.remove();
    drag.line?.remove();
    drag.card.classList.remove('dragging');
    board()?.removeAttribute('data-dragging');
    drag = undefined;
  }
  addEventListener('pointermove', event => {
    if (!drag || event.pointerId !== drag.id) return;
    const far = Math.hypot(event.clientX - drag.x0, event.clientY - drag.y0) > SLOP;
    if (!drag.on && far && drag.touch) return lower();      // it was a swipe
    if (!drag.on && !far) return;
    drag.x = event.clientX;
    drag.y = event.clientY;
    drag.on ? again() : lift();
  });
  addEventListener('pointerup', event => {
    if (!drag || event.pointerId !== drag.id) return;
    const { on, card, moves } = drag;
    if (on) {
      drag.x = event.clientX;
      drag.y = event.clientY;
      const { zone, list, before } = target(), from = home(card);
      const eat = click => { click.preventDefault(); click.stopPropagation(); };
      addEventListener('click', eat, true);
      setTimeout(() => removeEventListener('click', eat, true));
      lower();
      if (!moves || !card.isConnected) return;
      if (zone) ask(card, zone.dataset.stage);
      else if (list && before !== card) { put(card, list, before); send(card, from); }
    }
    lower();
  });
  addEventListener('pointercancel', lower);
  addEventListener('touchmove', event => { if (drag?.on) event.preventDefault(); }, { passive: false });
  document.addEventListener('contextmenu', event => { if (drag?.touch) event.preventDefault(); });
  document.addEventListener('dragstart', event => { if (event.target.closest?.('.board')) event.preventDefault(); });

  /* --- Keys: Space picks up and puts down, arrows move, Escape cancels; without a card in hand arrows walk. --- */
  let keys;
  const columns = () => [...board().querySelectorAll('.deal-list')];
  const focus = card => { card?.querySelector('.who').focus(); card?.scrollIntoView({ block: 'nearest', inline: 'nearest' }); };
  function walk(card, key) {
    const up = key === 'ArrowUp', side = key === 'ArrowLeft' ? -1 : key === 'ArrowRight' ? 1 : 0;
    if (!side) {
      const near = up ? prevCard(card) : nextCard(card);
      if (keys && near) up ? near.before(card) : near.after(card);
      return keys ? near && card : near;
    }
    const lists = columns(), list = lists[lists.indexOf(card.parentElement) + side];
    if (!list) return null;
    const cards = [...list.children].filter(isCard), at = [...card.parentElement.children].filter(isCard).indexOf(card);
    if (keys) put(card, list, cards[at] ?? null);
    return keys ? card : cards[Math.min(at, cards.length - 1)];
  }
  document.addEventListener('keydown', event => {
    if (event.key === 'Escape' && drag) return lower();
    const card = event.target.closest?.('.board[data-movable] .deal-card:not([data-fixed])');
    if (!card || !event.target.matches('.who') || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === ' ' || (event.key === 'Enter' && keys)) {
      if (keys) {
        const { from } = keys;
        keys = undefined;
        card.removeAttribute('data-grabbed');
        send(card, from);
      } else if (card.getAttribute('aria-busy') !== 'true') {
        keys = { card, from: home(card) };
        card.setAttribute('data-grabbed', '');
        say('Grabbed', card);
      }
    } else if (event.key === 'Escape' && keys) cancel();
    else if (event.key.startsWith('Arrow')) {
      moving = true;
      const now = walk(card, event.key);
      focus(now);
      moving = false;
      if (keys && now) say('Moved', card);
    } else return;
    event.preventDefault();
  });
  let moving = false;
  function cancel() {
    const { card, from } = keys;
    keys = undefined;
    card.removeAttribute('data-grabbed');
    moving = true;
    goBack(card, from);
    focus(card);
    moving = false;
    say('Cancelled', card);
  }
  document.addEventListener('focusout', event => {        // Tab away with a card in hand puts it back
    if (keys && !moving && event.relatedTarget && !keys.card.contains(event.relatedTarget)) cancel();
  });

  /* --- The strip of stages on a phone. --- */
  let waiting;
  document.addEventListener('scroll', event => {
    if (event.target !== board() || waiting) return;
    waiting = requestAnimationFrame(() => {
      waiting = 0;
      const links = [...$('stage-strip').querySelectorAll('a')], at = Math.round(board().scrollLeft / board().clientWidth);
      if (!wide() || !links[at] || links[at].hasAttribute('aria-current')) return;
      links.forEach((link, i) => i === at ? link.setAttribute('aria-current', 'true') : link.removeAttribute('aria-current'));
      links[at].scrollIntoView({ block: 'nearest', inline: 'center' });
    });
  }, true);
  document.addEventListener('click', event => {
    const link = event.target.closest?.('.stage-strip a');
    const column = link && document.querySelector(link.getAttribute('href'));
    if (!column) return;
    event.preventDefault();
    board().scrollLeft += column.getBoundingClientRect().left - board().getBoundingClientRect().left;
  });
})();
