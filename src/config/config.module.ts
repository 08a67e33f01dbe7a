import { ConfigModule as NestConfigModule } from '@nestjs/config';
import { checkEnvironment, sections } from './sections.js';

/** Settings for the whole application: one injectable section a concern. */
export const ConfigModule = NestConfigModule.forRoot({
  isGlobal: true,
  // environment.ts has read it, before anything could look at a setting.
  ignoreEnvFile: true,
  load: [...sections],
  validate: (environment) => {
    checkEnvironment(environment);
    return environment;
  },
});
