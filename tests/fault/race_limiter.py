"""Runs in an Odoo shell: two processes with 20 threads each try the same thing at once.

Prints how many got through in each of `FAULT_ROUNDS` rounds as one line of JSON.
"""

import json
import multiprocessing
import os
import sys
import threading

from odoo import sql_db

PROCESSES, THREADS, LIMIT = 2, 20, 5
rounds = int(os.environ["FAULT_ROUNDS"])
fork = multiprocessing.get_context("fork")
barrier = fork.Barrier(PROCESSES * THREADS)
allowed = fork.Array("i", rounds)


def try_often():
    for number in range(rounds):
        barrier.wait(60)
        with env.registry.cursor() as cursor:
            limit = env(cr=cursor)["loyalty.club.rate.limit"]
            if limit._allow(f"fault:{number}", LIMIT, 3600):
                with allowed.get_lock():
                    allowed[number] += 1


def work():
    threads = [threading.Thread(target=try_often) for _number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


env.cr.rollback()
sql_db.close_all()  # connections are not shared between processes
children = [fork.Process(target=work) for _number in range(PROCESSES)]
for child in children:
    child.start()
for child in children:
    child.join()
sys.stdout.write(f"allowed: {json.dumps(list(allowed))}\n")
sys.stdout.flush()
os._exit(0)
