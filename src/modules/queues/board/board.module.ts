import { Module } from '@nestjs/common';
import { JobsModule } from '../../../jobs/jobs.module.js';
import { BoardController } from './board.controller.js';
import { BoardService } from './board.service.js';

/** Bull Board, for people who look after the queues. */
@Module({ imports: [JobsModule], controllers: [BoardController], providers: [BoardService] })
export class BoardModule {}
