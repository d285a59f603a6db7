"""Owns the GraphQL that publishing sends: one look at a pull request, templates, pages, hiding."""

LOOK = """\
query Look(
  $owner: String!, $name: String!, $number: Int!
  $config: String!, $commit: GitObjectID!, $check: String!
) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      baseRef { target { ... on Commit { file(path: $config) { object {
        ... on Blob { text isTruncated }
      } } } } }
      files(first: 100) { totalCount nodes { path changeType } }
      oldest: comments(first: 100) { ...Page }
      newest: comments(last: 100) { ...Page }
    }
    object(oid: $commit) { ... on Commit {
      checkSuites(first: 20, filterBy: {checkName: $check}) { totalCount nodes {
        checkRuns(first: 20, filterBy: {checkName: $check, checkType: ALL}) { totalCount nodes {
          databaseId externalId status url
        } }
      } }
    } }
  }
}
"""

TEMPLATES = """\
query Templates(
  $owner: String!, $name: String!, $number: Int!, $comment: String!, $summary: String!
) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) { baseRef { target { ... on Commit {
      comment: file(path: $comment) { object { ... on Blob { text isTruncated } } }
      summary: file(path: $summary) { object { ... on Blob { text isTruncated } } }
    } } } }
  }
}
"""

COMMENTS = """\
query Comments($owner: String!, $name: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) { comments(first: 100, after: $after) { ...Page } }
  }
}
"""

NEWEST = """\
query Newest($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) { comments(last: 100) { ...Page } }
  }
}
"""

PAGE = """\
fragment Page on IssueCommentConnection {
  pageInfo { hasNextPage endCursor }
  nodes {
    id fullDatabaseId body url createdAt viewerDidAuthor minimizedReason
    author { __typename login }
  }
}
"""

MINIMIZE = """\
mutation Minimize($comment: ID!) {
  minimizeComment(input: {subjectId: $comment, classifier: OUTDATED}) {
    minimizedComment { isMinimized }
  }
}
"""

QUERIES = {
    "Look": LOOK + PAGE,
    "Templates": TEMPLATES,
    "Comments": COMMENTS + PAGE,
    "Newest": NEWEST + PAGE,
    "Minimize": MINIMIZE,
}
"""By name, whole, as they are sent."""
