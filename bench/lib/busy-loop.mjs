// Keeps one core busy until it is killed.
process.send?.('busy');
setImmediate(() => {
  for (;;) Math.sqrt(2);
});
