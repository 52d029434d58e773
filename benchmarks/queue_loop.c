/* An open network of first-come stations, as short and fast as C has it: what a simulation of the
 * same could reach that does nothing else. Prints customers a second of processor time, and their
 * mean time in the network.
 *
 * queue_loop STATIONS CUSTOMERS RATE MU... SERVERS... START... ROUTING...
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define MOST 8         /* stations, and servers of one */
#define PLACES 65536   /* in a queue; a power of two */
#define IDLE 1e300

static uint64_t word[4] = {1, 2, 3, 4};

static uint64_t rotated(uint64_t x, int by) { return (x << by) | (x >> (64 - by)); }

/* Blackman and Vigna (2021), Scrambled linear pseudorandom number generators: xoshiro256++. */
static double uniform(void) {
    uint64_t result = rotated(word[0] + word[3], 23) + word[0], shifted = word[1] << 17;
    word[2] ^= word[0];
    word[3] ^= word[1];
    word[1] ^= word[2];
    word[0] ^= word[3];
    word[2] ^= shifted;
    word[3] = rotated(word[3], 45);
    return ((result >> 11) + 0.5) / 9007199254740992.0;
}

static double exponential(double rate) { return -log(uniform()) / rate; }

static double queue[MOST][PLACES]; /* when each who waits came into the network */

int main(int count, char **given) {
    if (count < 4) return 2;
    int stations = atoi(given[1]), next = 4;
    long customers = atol(given[2]), left = 0;
    double rate = atof(given[3]);
    if (stations < 1 || stations > MOST || count != 4 + stations * (stations + 3)) return 2;
    double mu[MOST], start[MOST], routing[MOST][MOST];
    int servers[MOST];
    for (int i = 0; i < stations; i++) mu[i] = atof(given[next++]);
    for (int i = 0; i < stations; i++) {
        servers[i] = atoi(given[next++]);
        if (servers[i] < 1 || servers[i] > MOST) return 2;
    }
    for (int i = 0; i < stations; i++) start[i] = atof(given[next++]);
    for (int i = 0; i < stations; i++)
        for (int j = 0; j < stations; j++) routing[i][j] = atof(given[next++]);

    double ends[MOST][MOST], came[MOST][MOST];
    unsigned first[MOST] = {0}, last[MOST] = {0};
    for (int i = 0; i < stations; i++)
        for (int j = 0; j < servers[i]; j++) ends[i][j] = IDLE;
    double arrival = exponential(rate), stayed = 0;
    clock_t began = clock();
    while (left < customers) {
        double now = arrival, since;
        int from = -1, server = 0, to = -1;
        for (int i = 0; i < stations; i++)
            for (int j = 0; j < servers[i]; j++)
                if (ends[i][j] < now) {
                    now = ends[i][j];
                    from = i;
                    server = j;
                }
        double u = uniform();
        if (from < 0) {
            arrival = now + exponential(rate);
            since = now;
            for (to = 0; to < stations - 1 && u >= start[to]; to++) u -= start[to];
        } else {
            since = came[from][server];
            if (first[from] != last[from]) {
                came[from][server] = queue[from][first[from]++ % PLACES];
                ends[from][server] = now + exponential(mu[from]);
            } else
                ends[from][server] = IDLE;
            for (int j = 0; j < stations; j++) {
                if (u < routing[from][j]) {
                    to = j;
                    break;
                }
                u -= routing[from][j];
            }
            if (to < 0) {
                stayed += now - since;
                left++;
                continue;
            }
        }
        int free = -1;
        for (int j = 0; j < servers[to] && free < 0; j++)
            if (ends[to][j] == IDLE) free = j;
        if (free >= 0) {
            came[to][free] = since;
            ends[to][free] = now + exponential(mu[to]);
        } else
            queue[to][last[to]++ % PLACES] = since;
    }
    double spent = (double)(clock() - began) / CLOCKS_PER_SEC;
    printf("%.6g %.6g\n", left / spent, stayed / left);
    return 0;
}
