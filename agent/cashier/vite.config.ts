import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** `vite build agent/cashier`: the cashier's page and the customer's, all same-origin and with relative addresses. */
export default defineConfig({
  base: './',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: here('../../dist/agent/cashier'),
    emptyOutDir: true,
    rollupOptions: { input: [here('index.html'), here('customer.html')] },
    target: 'es2022',
    // Nothing inline: the page runs under a content security policy without 'unsafe-inline'.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
