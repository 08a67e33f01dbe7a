import { Injectable } from '@nestjs/common';
import { Cached, type CachedKey } from '../../infrastructure/cache/cached.decorator.js';
import { RolesService } from '../roles/roles.service.js';
import { UserStatisticsRepository, type RoleFigures } from './user-statistics.repository.js';

export interface RoleStatistics extends Omit<RoleFigures, 'role'> {
  /** Its name. */
  readonly role: string;
}

/**
 * They are read off all users, which takes seconds of many thousands, and are the same for whoever may see them. A change
 * or the end of a user or a role is seen at once; only who is new may be missing for the time to live.
 */
const statistics: CachedKey = {
  name: 'user-statistics',
  endedBy: ({ kind }) => kind === 'user' || kind === 'role',
};

/** What can be counted about users. */
@Injectable()
export class UserStatisticsService {
  constructor(
    private readonly figures: UserStatisticsRepository,
    private readonly roles: RolesService,
  ) {}

  /** The roles that somebody holds, most users first; of each at most `sample` users, the newest. */
  @Cached(10, statistics)
  async byRole(sample: number): Promise<RoleStatistics[]> {
    const figures = await this.figures.byRole(sample);
    const nameOf = await this.roles.nameTeller();
    return figures
      .flatMap(({ role, averageAge, ...rest }) => {
        const name = nameOf(role);
        return name === undefined ? [] : [{ role: name, averageAge: rounded(averageAge), ...rest }];
      })
      .toSorted((one, other) => other.totalUsers - one.totalUsers || (one.role < other.role ? -1 : 1));
  }
}

function rounded(age: number | null): number | null {
  return age === null ? null : Math.round(age * 100) / 100;
}
