export { BundleError, bundleHeadOf, readBundle, type WholeBundle } from './read-bundle.ts';
export { BUNDLE_TYPE, type BundleHead, type BundleItem, type BundleReceipt, bundleReceipt } from './schemas.ts';
export { bundleLines } from './write-bundle.ts';
