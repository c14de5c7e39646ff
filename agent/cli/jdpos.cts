#!/usr/bin/env node
// CommonJS, and nothing imported at the top: what a Node that is too old cannot read must not be read before it is checked, and
// the first module of the other kind that is read starts Node's threads, so that their number would be settled.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

/**
 * A call to a reader that has hung holds one of Node's threads for as long as it hangs, and so do a serial port that takes nothing
 * and a name that is looked up in vain. With the usual four, files, names and the other readers would soon wait for them as well.
 */
const THREADS = '32';

if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`jdpos: Node 20.19 or newer is needed; this is ${process.version}. Install a newer Node.`);
  process.exitCode = 2;
} else {
  process.env['UV_THREADPOOL_SIZE'] ??= THREADS;
  void import('./main.ts').then(async ({ main }) => {
    process.exitCode = await main(process);
  });
}
