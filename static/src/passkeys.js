/* Passkeys: a form with data-passkey asks the device ("create" or "get") what the server wants to know, and is sent with the answer. */
{
  const bytes = text => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), char => char.charCodeAt(0));
  const text = data => btoa(String.fromCharCode(...new Uint8Array(data))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
  const named = list => (list || []).map(one => ({ ...one, id: bytes(one.id) }));

  function wish(told, makes) {                         // browsers of before 2025 have no words for JSON
    const read = window.PublicKeyCredential[makes ? 'parseCreationOptionsFromJSON' : 'parseRequestOptionsFromJSON'];
    if (read) return read.call(window.PublicKeyCredential, told);
    const options = { ...told, challenge: bytes(told.challenge) };
    if (!makes) return { ...options, allowCredentials: named(told.allowCredentials) };
    return { ...options, user: { ...told.user, id: bytes(told.user.id) }, excludeCredentials: named(told.excludeCredentials) };
  }
  function plain(key) {
    try { return key.toJSON(); }
    catch {                                            // none, or one of a password manager that does not know its own bytes
      const response = { transports: key.response.getTransports?.() };
      for (const part of ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle']) {
        if (key.response[part]) response[part] = text(key.response[part]);
      }
      return { id: key.id, rawId: text(key.rawId), type: key.type, response };
    }
  }
  async function ask(form) {
    const { failed, there, lost } = form.dataset, makes = form.dataset.passkey === 'create';
    let answer, told;
    try {
      answer = await fetch(form.dataset.options, { method: 'POST', body: new FormData(form), headers: { Accept: 'application/json' } });
    } catch { return lost; }
    try { told = await answer.json(); } catch { return failed; }
    if (!answer.ok) return told.error || failed;
    try {
      const publicKey = wish(told, makes), key = await navigator.credentials[makes ? 'create' : 'get']({ publicKey });
      form.elements.credential.value = JSON.stringify(plain(key));
    } catch (error) { return error.name === 'InvalidStateError' ? there : failed; }
    form.submit();
    return '';
  }
  function wire(form) {
    const button = form.querySelector('[data-passkey-go]'), said = form.querySelector('[data-passkey-error]');
    if (!button) return;
    if (!window.PublicKeyCredential || form.dataset.origin !== location.origin) {
      const away = form.querySelector('[data-passkey-away]');
      if (away) away.hidden = false;
      button.hidden = true;
      return;
    }
    form.addEventListener('submit', async event => {
      if (event.submitter && event.submitter !== button) return;
      event.preventDefault();
      if (button.disabled) return;
      button.disabled = true;
      said.hidden = true;
      said.textContent = await ask(form);
      said.hidden = !said.textContent;
      button.disabled = !said.textContent;             // sent: nothing more to press
    });
  }
  document.querySelectorAll('[data-passkey]').forEach(wire);
  window.addEventListener('pageshow', event => {       // back from the next page: the button works again
    if (event.persisted) document.querySelectorAll('[data-passkey-go]').forEach(button => { button.disabled = false; });
  });
}
