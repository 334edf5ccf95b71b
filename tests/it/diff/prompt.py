"""Runs a command whose standard input and standard error are a terminal, answers what it asks, and prints as JSON what
came of it. Usage: prompt.py ANSWERS COMMAND…, where ANSWERS is a JSON array with one text for each question."""

import json
import os
import pty
import subprocess
import sys
import threading

answers, command = json.loads(sys.argv[1]), sys.argv[2:]
terminal, inside = pty.openpty()
process = subprocess.Popen(command, stdin=inside, stdout=subprocess.PIPE, stderr=inside, start_new_session=True)
os.close(inside)
printed = []
reader = threading.Thread(target=lambda: printed.append(process.stdout.read()))
reader.start()
shown = b""
asked = 0
while True:
    try:
        some = os.read(terminal, 4096)
    except OSError:  # The last process that had the terminal is gone.
        break
    if not some:
        break
    shown += some
    while shown.count(b"[y/N] ") > asked:
        if asked >= len(answers):
            process.kill()
            raise SystemExit(f"asked once too often: {shown.decode()}")
        os.write(terminal, answers[asked].encode())
        asked += 1
code = process.wait(timeout=60)
reader.join()
print(json.dumps({"code": code, "asked": asked, "printed": printed[0].decode(), "shown": shown.decode()}))
