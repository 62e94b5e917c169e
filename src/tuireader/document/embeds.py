"""Embeds of a page: their names, and where the user can open them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tuireader.text import display_host

_NAMES = {
    "twitter.com": "Post on X",
    "x.com": "Post on X",
    "open.spotify.com": "Spotify",
    "soundcloud.com": "SoundCloud",
    "player.bilibili.com": "Bilibili video",
    "dailymotion.com": "Dailymotion video",
    "twitch.tv": "Twitch video",
    "tiktok.com": "TikTok video",
    "instagram.com": "Instagram post",
    "facebook.com": "Facebook post",
    "bsky.app": "Bluesky post",
    "apple.com": "Apple Podcasts",
    "codepen.io": "CodePen",
    "datawrapper.de": "Datawrapper chart",
    "dwcdn.net": "Datawrapper chart",
    "flourish.studio": "Flourish chart",
    "google.com": "Google page",
    "scribd.com": "Scribd document",
}
_YOUTUBE = re.compile(
    r"https?://(?:www\.|m\.)?(?:youtube(?:-nocookie)?\.com/(?:embed/|v/|watch\?v=)|youtu\.be/)([\w-]{6,20})"
)
_VIMEO = re.compile(r"https?://(?:player\.)?vimeo\.com/(?:video/)?([0-9]+)")


@dataclass(slots=True)
class Embed:
    """A frame, video, sound or object: the name of its element, its address, its title."""

    name: str
    url: str
    title: str


def embed_name(embed: Embed) -> tuple[str, str]:
    """Return the name of an embed, and the address to open for it."""
    if embed.name in ("video", "audio"):
        return embed.name.capitalize(), embed.url
    if found := _YOUTUBE.match(embed.url):
        return "YouTube video", f"https://www.youtube.com/watch?v={found[1]}"
    if found := _VIMEO.match(embed.url):
        return "Vimeo video", f"https://vimeo.com/{found[1]}"
    host = display_host(embed.url).removeprefix("www.")
    for ending, name in _NAMES.items():
        if host == ending or host.endswith(f".{ending}"):
            return name, embed.url
    return f"Embedded page from {host}", embed.url
