import { Injectable } from '@nestjs/common';
import { UserFigures, type Administrator, type UserCount } from '../../reports/user-figures.js';
import { UserFiguresRepository } from './user-figures.repository.js';

/** Tells the reports of the worker how many users there are, and who administers them. */
@Injectable()
export class UserFiguresSource extends UserFigures {
  constructor(private readonly figures: UserFiguresRepository) {
    super();
  }

  override byRoleAndStatus(): Promise<UserCount[]> {
    return this.figures.byRoleAndStatus();
  }

  override administrators(): Promise<Administrator[]> {
    return this.figures.administrators();
  }
}
