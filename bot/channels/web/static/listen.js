// Reads an answer aloud with a voice that lives on the device; one that would send the text elsewhere is never used.
const speech = window.speechSynthesis;
let speaking = null;

export function offerListening(root) {
  if (!speech) return;
  for (const button of root.querySelectorAll(".listen")) button.hidden = !voiceFor(button.dataset.lang);
}

function voiceFor(language) {
  return speech.getVoices().find((voice) => voice.localService === true && voice.lang.toLowerCase().split(/[-_]/)[0] === language);
}

function name(button) {
  const words = button.querySelector("span");
  [words.textContent, button.dataset.stop] = [button.dataset.stop, words.textContent];
}

function stop() {
  speech.cancel();
  if (speaking) name(speaking);
  speaking = null;
}

function listen(button) {
  const text = button.closest(".message").querySelector(".text").innerText.replaceAll("\u00ad", ""); // no voice stops at a soft hyphen
  const voice = voiceFor(button.dataset.lang);
  // Sentence by sentence: browsers give up on long texts.
  const sentences = text.split(/(?<=[.!?؟።…])\s+|\n+/u).filter((sentence) => sentence.trim());
  if (!voice || !sentences.length) return;
  speaking = button;
  name(button);
  for (const sentence of sentences) {
    const utterance = new SpeechSynthesisUtterance(sentence);
    utterance.voice = voice;
    utterance.lang = voice.lang;
    utterance.rate = 0.9;
    if (sentence === sentences.at(-1)) utterance.onend = () => { if (speaking === button) stop(); };
    speech.speak(utterance);
  }
}

speech?.addEventListener("voiceschanged", () => offerListening(document));
document.addEventListener("click", (event) => {
  const button = event.target.closest(".listen");
  if (!button) return;
  const wasSpeaking = speaking === button;
  if (speaking) stop();
  if (!wasSpeaking) listen(button);
});
