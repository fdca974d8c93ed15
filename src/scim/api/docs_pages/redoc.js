"use strict";

const sans = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';
const mono = 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace';

Redoc.init(
  "openapi.json",
  {
    expandResponses: "200,201",
    jsonSampleExpandLevel: 4,
    requiredPropsFirst: true,
    // Fonts of the reader's own system: the default theme asks for web fonts.
    theme: { typography: { fontFamily: sans, headings: { fontFamily: sans }, code: { fontFamily: mono } } },
  },
  document.getElementById("page"),
);
