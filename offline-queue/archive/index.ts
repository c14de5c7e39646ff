export { archiveStore } from './archive-step.ts';
export { type Archives, openArchives } from './archives.ts';
export { archiveFolder } from './folder.ts';
