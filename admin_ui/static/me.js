// An advocate's own page: copying, the phone's own share sheet, and links that follow the text while it is being written.
// Without this script the page does everything but copy.

for (const button of document.querySelectorAll('button[data-copy]')) {
  if (!(button instanceof HTMLButtonElement) || !navigator.clipboard) continue;
  const before = button.textContent;
  button.hidden = false;
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(button.dataset.copy ?? '');
    button.textContent = button.dataset.done ?? '';
    setTimeout(() => (button.textContent = before), 2000);
  });
}

for (const button of document.querySelectorAll('button[data-native]')) {
  if (!(button instanceof HTMLButtonElement) || !('share' in navigator)) continue;
  button.hidden = false;
  // Whoever closes the sheet has decided not to share: nothing to say about that.
  button.addEventListener('click', () => void navigator.share({ text: button.dataset.native }).catch(() => {}));
}

/** @type {Record<string, (text: string) => string>} */
const ADDRESSES = {
  whatsapp: (text) => `https://wa.me/?text=${encodeURIComponent(text)}`,
  sms: (text) => `sms:?&body=${encodeURIComponent(text)}`,
  x: (text) => `https://x.com/intent/post?text=${encodeURIComponent(text)}`,
};

const words = document.getElementById('words');
words?.addEventListener('input', () => {
  if (!(words instanceof HTMLTextAreaElement)) return;
  const list = document.querySelector('[data-link]');
  const link = list?.getAttribute('data-link') ?? '';
  const text = words.value.includes(link) ? words.value : `${words.value.trim()} ${link}`;
  for (const anchor of document.querySelectorAll('a[data-channel]')) {
    if (!(anchor instanceof HTMLAnchorElement)) continue;
    const channel = anchor.dataset.channel ?? '';
    // A subject is kept; in a mail, lines end with CR LF (RFC 6068).
    if (channel === 'email') anchor.href = anchor.href.replace(/body=.*$/, `body=${encodeURIComponent(text.replace(/\r?\n/g, '\r\n'))}`);
    else anchor.href = ADDRESSES[channel]?.(text) ?? anchor.href;
  }
  const native = list?.querySelector('button[data-native]');
  if (native instanceof HTMLButtonElement) native.dataset.native = text;
});
