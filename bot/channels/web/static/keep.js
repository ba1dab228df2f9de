// Copies or shares the link that brings the conversation back.
const link = document.getElementById("link");
const copy = document.getElementById("copy");
const share = document.getElementById("share");

if (copy && navigator.clipboard) {
  copy.hidden = false;
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(link.value);
    copy.querySelector("span").textContent = copy.dataset.done;
  });
}
if (share && navigator.share) {
  share.hidden = false;
  share.addEventListener("click", () => navigator.share({ url: link.value }).catch(() => {}));
}
link?.addEventListener("focus", () => link.select());
