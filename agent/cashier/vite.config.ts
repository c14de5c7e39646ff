import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

/** `vite build agent/cashier`: one script, one style sheet, one document, all same-origin and with relative addresses. */
export default defineConfig({
  base: './',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: fileURLToPath(new URL('../../dist/agent/cashier', import.meta.url)),
    emptyOutDir: true,
    target: 'es2022',
    // Nothing inline: the page runs under a content security policy without 'unsafe-inline'.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
