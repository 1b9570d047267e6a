import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/index.js';
import { BodyReader } from './body-reader.js';
import { BodyRoutes } from './body-routes.js';

@Module({
  imports: [AuthModule],
  providers: [BodyReader, BodyRoutes],
  exports: [BodyReader, BodyRoutes],
})
export class BodiesModule {}
