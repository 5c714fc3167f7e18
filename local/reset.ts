/** `npm run reset` forgets all data of the state directory; downloaded servers stay. */
import { rm, stat } from 'node:fs/promises';
import { endLeftovers } from './servers/leftovers.ts';
import { lockState } from './servers/lock.ts';
import { errorMessage } from './error-code.ts';
import { chosenStateDir, forgettable, openStateDir, statePaths } from './state.ts';

async function reset(stateDir: string): Promise<void> {
  const exists = await stat(statePaths(stateDir).ports).catch(() => undefined);
  if (exists === undefined) {
    console.log(`Nothing to forget in ${stateDir}.`);
    return;
  }
  const paths = await openStateDir(stateDir);
  // Held while deleting, so that no stack starts on half of its data.
  const unlock = await lockState(paths);
  try {
    await endLeftovers(paths, console.log);
    // Named one by one: COUPON_STATE_DIR may point at a directory that holds other things too.
    for (const path of forgettable(paths)) await rm(path, { recursive: true, force: true });
    console.log(`Forgotten: all data in ${paths.root}.`);
  } finally {
    await unlock();
  }
}

await reset(chosenStateDir()).catch((error: unknown) => {
  console.error(errorMessage(error));
  process.exitCode = 1;
});
