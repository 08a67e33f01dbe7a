import { Injectable } from '@nestjs/common';

/** The process's own clock, injectable so that a test can move it. */
@Injectable()
export class Clock {
  now(): Date {
    return new Date();
  }
}
