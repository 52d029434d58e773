"""The few colours of a report; each is told apart by lightness too, and never speaks alone."""

INK = "#1c2126"
MUTED = "#5a646e"
LINE = "#c9d0d6"
FAINT = "#f3f5f7"
ACCENT = "#1d5f9c"
GOOD = "#00694f"  # bluish green and vermilion stay apart for all common colour blindness
BAD = "#a83c00"
STEP = {
    "compute": "#1d5f9c",
    "straggler": "#e0a100",
    "intra_node": "#7fb8dd",
    "inter_node": "#0f3557",
    "input_wait": "#a83c00",
    "launching": "#6b4c9a",
    "bubble": "#8a9096",
    "update": "#00694f",
}
FONTS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'DejaVu Sans', sans-serif"
