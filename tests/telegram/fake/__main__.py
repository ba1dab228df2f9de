"""`python -m tests.telegram.fake --port 8081`: a Telegram to try a bot with, and a page to watch it on."""

import argparse
import asyncio

from tests.telegram.fake.server import TOKEN, FakeTelegram


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8081)
    parser.add_argument(
        "--token", default=TOKEN, help="the bot's token, made up of digits, a colon and letters"
    )
    parser.add_argument(
        "--person", action="append", default=[], metavar="LANGUAGE", help="have somebody there"
    )
    options = parser.parse_args()
    try:
        asyncio.run(serve(FakeTelegram(options.host, options.port, options.token), options.person))
    except KeyboardInterrupt:
        print("Stopped.")


async def serve(fake: FakeTelegram, languages: list[str]) -> None:
    """Serve `fake`, with one person for every language given."""
    async with fake:
        for language in languages:
            fake.person(language)
        lines = (f"Token:    {fake.token}", f"API:      {fake.address}", f"Page:     {fake.address}/")
        print(*lines, sep="\n", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    main()
