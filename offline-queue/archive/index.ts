export { archiveStore } from './archive-step.ts';
export { type Archives, openArchives } from './archives.ts';
export { archiveFolder } from './folder.ts';
export { walkArchives } from './verify-archives.ts';
