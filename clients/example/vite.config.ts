// How the page is served: calls to /api are passed on to Slotkeeper, so that page and API have one origin and no CORS is
// needed. SLOTKEEPER_URL says where it runs.
import { resolve } from 'node:path';
import { defineConfig } from 'vite';

const proxy = { '/api': { target: process.env['SLOTKEEPER_URL'] ?? 'http://127.0.0.1:3000' } };

export default defineConfig({
  // In this repository the client's sources are used as they are. Elsewhere `npm install @slotkeeper/client`, and drop this.
  resolve: { alias: { '@slotkeeper/client': resolve(import.meta.dirname, '../typescript/src/slotkeeper.ts') } },
  server: { proxy },
  preview: { proxy },
});
