/* The leaderboard while it is watched: a row slides to its new place, the wall's clock runs, the last win shows for ten seconds. */
{
  const still = matchMedia('(prefers-reduced-motion: reduce)');
  const rows = root => new Map([...root.querySelectorAll('[data-racer]')].map(row => [row.dataset.racer, row]));
  let places = new Map(), open = [], last = document.querySelector('[data-win]')?.dataset.win;

  document.addEventListener('htmx:beforeSwap', event => {
    const root = event.detail.target;
    places = new Map([...rows(root)].map(([key, row]) => [key, row.getBoundingClientRect().top]));
    open = [...root.querySelectorAll('details[open][id]')].map(box => box.id);
  });
  document.addEventListener('htmx:afterSwap', () => {
    for (const id of open) document.getElementById(id)?.setAttribute('open', '');
    for (const [key, row] of rows(document)) {
      const way = places.get(key) - row.getBoundingClientRect().top;
      if (!way || Number.isNaN(way)) continue;
      if (way > 0) row.classList.add('moved');
      if (!still.matches) row.animate([{ transform: `translateY(${way}px)` }, { transform: 'none' }], { duration: 400, easing: 'ease-out' });
    }
    places = new Map();
    tick();
    cheer();
  });

  function cheer() {                                   // a win that this screen has not shown yet
    const line = document.querySelector('[data-win]');
    if (!line || line.dataset.win === last) return;
    last = line.dataset.win;
    line.hidden = false;
    setTimeout(() => { const now = document.querySelector('[data-win]'); if (now?.dataset.win === line.dataset.win) now.hidden = true; }, 10000);
  }

  const day = new Intl.NumberFormat(document.documentElement.lang, { style: 'unit', unit: 'day', unitDisplay: 'short' });
  function tick() {
    for (const clock of document.querySelectorAll('[data-until]')) {
      const left = Math.max(0, Math.floor((new Date(clock.dataset.until) - Date.now()) / 1000));
      const [days, hours, minutes, seconds] = [Math.floor(left / 86400), Math.floor(left / 3600) % 24, Math.floor(left / 60) % 60, left % 60];
      const two = number => String(number).padStart(2, '0');
      clock.textContent = `${days ? `${day.format(days)} ` : ''}${two(hours)}:${two(minutes)}:${two(seconds)}`;
    }
  }
  if (document.querySelector('[data-until]')) {
    tick();
    setInterval(tick, 1000);
  }
}
