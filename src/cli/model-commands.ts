import type { Command } from 'commander';
import { ModelRegistry, ModelsService } from '../models/index.js';
import { withHouse, type Program, type ReadConfig } from './house.js';
import { moment, print, printRows, tell } from './output.js';

/** `atelier models …` */
export function addModelCommands(parent: Command, program: Program, read: ReadConfig): void {
  const models = parent.command('models').description('Models on disk.');

  models
    .command('list')
    .description('Show all models.')
    .option('--json', 'as JSON')
    .action(({ json }: { json?: boolean }) =>
      withHouse(program, read(), async (house) => {
        const rows = (await house.get(ModelsService).list()).map((model) => ({
          name: model.name,
          type: model.type,
          architecture: model.architecture,
          weights: model.weightType,
          bytes: model.size,
          changed: moment(model.modifiedAt),
          path: model.path,
        }));
        printRows(rows, json);
      }),
    );

  models
    .command('scan')
    .description('Look at the models folders again.')
    .action(() =>
      withHouse(program, read(), async (house) => {
        const registry = house.get(ModelRegistry);
        const { found, updated } = await registry.refresh();
        const { missing } = await registry.folders();
        print(`${found} models, ${updated} of them new or changed`);
        for (const folder of missing) tell(`There is no folder ${folder}.`);
      }),
    );

  models
    .command('hash <name>')
    .description('Print the SHA-256 of each file of a model.')
    .action((name: string) =>
      withHouse(program, read(), async (house) => {
        const service = house.get(ModelsService);
        const model = await service.findAny(name);
        const files = Object.values(model.files) as string[];
        for (const path of files.length > 0 ? files : [model.path]) {
          print(`${await service.hashOf(path)}  ${path}`);
        }
      }),
    );
}
