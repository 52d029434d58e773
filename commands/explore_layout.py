"""How the what-if page is laid out: side by side on a desk, one below the other on a telephone."""

from reports.palette import FONTS, INK, LINE, MUTED

# What `PAGE` calls by name.
COLOURS = {"fonts": FONTS, "ink": INK, "line": LINE}

# Around the roots of the page by their names; `base`, `embed` and `roots` are Bokeh's.
PAGE = """
{% extends base %}
{% from macros import embed %}
{% block preamble %}
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
  body { font-family: {{ fonts }}; color: {{ ink }}; }
  main { display: grid; gap: 0 32px; max-width: 1240px; margin: 0 auto; padding: 0 16px 16px;
    grid-template: "head head" auto "knobs answer" auto "files answer" 1fr / 260px minmax(0, 1fr); }
  .head { grid-area: head; position: sticky; top: 0; z-index: 9; background: white; }
  .knobs { grid-area: knobs; }
  .answer { grid-area: answer; }
  .files { grid-area: files; margin-top: 16px; }
  @media (max-width: 800px) {
    main { grid-template: "head" auto "answer" auto "knobs" auto "files" auto / minmax(0, 1fr); }
    .head { border-bottom: 1px solid {{ line }}; }
    .knobs { margin-top: 16px; }
  }
</style>
{% endblock %}
{% block contents %}
<main>
  <div class="head">{{ embed(roots.head) }}</div>
  <div class="knobs">{{ embed(roots.knobs) }}</div>
  <div class="answer">{{ embed(roots.answer) }}{{ embed(roots.plots) }}</div>
  <div class="files">{{ embed(roots.files) }}</div>
</main>
{% endblock %}
"""

# Each root is a world of its own, which the style of the page does not reach.
HEAD = "h1 { margin: 8px 0 0; font-size: 22px; } p { margin: 2px 0 8px; font-weight: 600; }"
ANSWER = f"""
table {{ border-collapse: collapse; margin-bottom: 12px; }}
th {{ text-align: left; font-weight: 600; }}
td, th {{ padding: 2px 24px 2px 0; vertical-align: top; }}
td:first-child, th, td:nth-child(3) {{ color: {MUTED}; }}
p {{ margin: 4px 0; color: {MUTED}; }}
"""
SIDE_BY_SIDE = ":host { flex-flow: row wrap; }"
