// Loaded before a server: SIGUSR2 has its event loop stand still for the milliseconds of BLOCK_MS.
function standStillOnPurpose() {
  const end = Date.now() + Number(process.env.BLOCK_MS);
  while (Date.now() < end);
}

if (process.env.BLOCK_MS) process.on('SIGUSR2', standStillOnPurpose);
