"""`make bench`: ratios beside a ceiling measured in the same run; never a timed test."""

from tests.bench import fanout, topic

if __name__ == "__main__":
    topic.run()
    print(fanout.measure(fanout.PEOPLE, fanout.ROUNDS))
