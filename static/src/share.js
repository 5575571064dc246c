/* The phone's share sheet, where there is one: a link to the document, or the file itself. Without it the buttons stay out of sight. */
if (navigator.share) {
  document.documentElement.classList.add('can-share');
  document.addEventListener('click', async (event) => {
    const button = event.target.closest('[data-share]');
    if (!button) return;
    const { share, shareName } = button.dataset, data = { title: shareName, url: share };
    try {
      if ('shareFile' in button.dataset) {
        const blob = await (await fetch(share)).blob();
        const files = [new File([blob], shareName, { type: blob.type })];
        if (navigator.canShare?.({ files })) { delete data.url; data.files = files; } else { location.href = share; return; }
      }
      await navigator.share(data);
    } catch (fault) {
      if (fault.name !== 'AbortError') location.href = share;
    }
  });
}
