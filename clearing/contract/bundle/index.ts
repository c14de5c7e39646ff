export { BundleError, readBundle, type WholeBundle } from './read-bundle.ts';
export { BUNDLE_TYPE, type BundleItem, type BundleReceipt, bundleReceipt } from './schemas.ts';
export { bundleLines } from './write-bundle.ts';
