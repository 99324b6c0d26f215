"""The two themes snaptui ships: one calm and dark, one light, each with a single accent.

Every pair of text and background the screens use has a contrast of at least 4.5 to 1; a test measures them.
"""

from __future__ import annotations

from textual.theme import Theme

DARK = Theme(
    name="snaptui-dark",
    primary="#6cb6e8",
    secondary="#8fb8d4",
    accent="#6cb6e8",
    foreground="#d9dfe5",
    background="#11161b",
    surface="#171d24",
    panel="#1d252d",
    success="#86cf98",
    warning="#e5bd6b",
    error="#f59a90",
    dark=True,
    variables={
        "text": "#d9dfe5",
        "text-muted": "#9aa7b3",
        "text-disabled": "#8f9ca8",
        "text-primary": "#7fc0ec",
        "text-accent": "#7fc0ec",
        "text-success": "#86cf98",
        "text-warning": "#e5bd6b",
        "text-error": "#f59a90",
        "foreground-muted": "#9aa7b3",
        "block-cursor-background": "#23506e",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-text-style": "none",
        "block-cursor-blurred-background": "#26313b",
        "block-cursor-blurred-foreground": "#d9dfe5",
        "border": "#6cb6e8",
        "border-blurred": "#44525f",
        "footer-background": "#1d252d",
        "footer-key-foreground": "#7fc0ec",
        "button-color-foreground": "#11161b",
        "link-color": "#7fc0ec",
        "input-selection-background": "#6cb6e8 35%",
    },
)

LIGHT = Theme(
    name="snaptui-light",
    primary="#0b5c94",
    secondary="#3b6a88",
    accent="#0b5c94",
    foreground="#20262c",
    background="#fbfbf9",
    surface="#f3f4f2",
    panel="#e9ebe9",
    success="#1c6432",
    warning="#714b00",
    error="#a51d17",
    dark=False,
    variables={
        "text": "#20262c",
        "text-muted": "#515b65",
        "text-disabled": "#58626c",
        "text-primary": "#0b5c94",
        "text-accent": "#0b5c94",
        "text-success": "#1c6432",
        "text-warning": "#714b00",
        "text-error": "#a51d17",
        "foreground-muted": "#515b65",
        "block-cursor-background": "#0b5c94",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-text-style": "none",
        "block-cursor-blurred-background": "#d5dfe6",
        "block-cursor-blurred-foreground": "#20262c",
        "border": "#0b5c94",
        "border-blurred": "#a9b2b9",
        "footer-background": "#e9ebe9",
        "footer-key-foreground": "#0b5c94",
        "button-color-foreground": "#ffffff",
        "link-color": "#0b5c94",
        "input-selection-background": "#0b5c94 25%",
    },
)

THEMES = (DARK, LIGHT)
