import { describe, expect, it } from '@jest/globals';
import { createRoom } from '../../local/room.ts';

const QUICK = 500;
const SLOW = 6000;

describe('the room for batches', () => {
  it('grows by one for each quick batch, and never beyond what is allowed', () => {
    const room = createRoom(39);
    expect(room.batches).toBe(10);
    for (let batch = 0; batch < 10; batch++) room.ended(0, QUICK);
    expect(room.batches).toBe(20);
    for (let batch = 0; batch < 100; batch++) room.ended(0, QUICK);
    expect(room.batches).toBe(39);
  });

  it('begins with what is allowed where that is less', () => {
    const room = createRoom(1);
    expect(room.batches).toBe(1);
    room.ended(0, SLOW);
    expect(room.batches).toBe(1);
  });

  it('is halved once for all batches that were under way when they got slow', () => {
    const room = createRoom(10);
    for (let batch = 0; batch < 10; batch++) room.ended(batch, batch + SLOW);
    expect(room.batches).toBe(5);
  });

  it('is never less than five where five are allowed', () => {
    const room = createRoom(39);
    for (let at = 0; at < 100_000; at += SLOW) room.ended(at, at + SLOW);
    expect(room.batches).toBe(5);
  });

  it('grows again once batches are quick again', () => {
    const room = createRoom(10);
    room.ended(0, SLOW);
    room.ended(SLOW, SLOW + QUICK);
    expect(room.batches).toBe(6);
  });
});
