// Starts telegram-test-api on a port (the only argument) and tells when it listens.
"use strict";
const TelegramServer = require("telegram-test-api");

// Where this emulator is not like Telegram: it leaves out a press's chat_instance, gives dates in milliseconds, and
// answers with every parameter of a message as the text that it came in.
const format = TelegramServer.formatUpdate;
TelegramServer.formatUpdate = (update) => {
  const found = format(update);
  if (found.callback_query) found.callback_query.chat_instance = "1";
  return found;
};

class Server extends TelegramServer {
  addBotMessage(message, token) {
    const added = super.addBotMessage(message, token);
    delete added.link_preview_options;
    return { ...added, date: Math.floor(added.date / 1000) };
  }
}

new Server({ port: Number(process.argv[2]), host: "127.0.0.1" }).start().then(() => console.log("ready"));
