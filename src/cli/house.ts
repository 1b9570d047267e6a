import type { Type } from '@nestjs/common';
import type { Config } from '../config/index.js';

/** The services over the database, with nothing at work: no listener, no queue, no engine. */
export interface House {
  get<T>(service: Type<T>): T;
  close(): Promise<void>;
}

/** What the commands need of the program around them. */
export interface Program {
  serve(config: Config): Promise<void>;
  open(config: Config): Promise<House>;
}

/** The configuration that the command line asks for. @throws ConfigError */
export type ReadConfig = () => Config;

/** Opens the house for one piece of work, and closes it whatever comes of that. */
export async function withHouse<T>(
  program: Program,
  config: Config,
  work: (house: House) => Promise<T>,
): Promise<T> {
  const house = await program.open(config);
  try {
    return await work(house);
  } finally {
    await house.close();
  }
}
