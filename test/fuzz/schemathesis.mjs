import { PythonEnvironment } from '../../scripts/lib/python-environment.mjs';

const VERSION = '4.32.5';

const environment = new PythonEnvironment(`schemathesis-${VERSION}`, [`schemathesis==${VERSION}`]);

/** The fuzzer's program. */
export const schemathesis = environment.program('schemathesis');

export const isInstalled = () => environment.isInstalled();

/** Puts the fuzzer into a Python environment of its own, outside the project. */
export const install = () => environment.install();
