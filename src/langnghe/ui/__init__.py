"""The design system: templates, template tags, styles and scripts that every page is built with."""
